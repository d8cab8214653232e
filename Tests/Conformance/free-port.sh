# Sets `port` to one of 127.0.0.1 that is free now, below the range that outgoing connections take theirs from.
port=$((20000 + RANDOM % 10000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 10000)); done
