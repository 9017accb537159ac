# The reference: goroutines of the real Go runtime.  No C source, so rules.mk
# says how its cell is made.
model := M:N
caps  := parallel preemptive blocking channels timers fork-join descriptors
src   :=
