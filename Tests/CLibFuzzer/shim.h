#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer as a library; the toolchain has no header of it. Reads its options from the arguments.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
