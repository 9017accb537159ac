# M:N: Gs on P processors, run by M threads, with work-stealing.
model := M:N
caps  := parallel preemptive blocking sliced steals channels timers fork-join descriptors
src   := $(addprefix $(here)/,proc.c steal.c watch.c p.c lend.c victims.c poll.c timers.c sysmon.c preempt.c \
           world.c g.c free.c runq.c deque.c asym.c report.c schedtrace.c) \
         $(call room,impls/shared $(wildcard impls/shared/*/))
