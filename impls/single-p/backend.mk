# N:1: every G is a coroutine on the one thread.
model := N:1
caps  := channels timers fork-join descriptors
src   := $(call room,$(here) impls/shared $(wildcard impls/shared/*/))
