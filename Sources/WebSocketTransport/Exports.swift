// Users of the transport speak of messages, close codes, requests and loops: one import gives them all.
@_exported public import Reactor
@_exported public import WebSocketProtocol
