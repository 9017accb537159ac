# M:N: Gs on P processors, run by M threads, with work-stealing.
model := M:N
caps  := parallel preemptive blocking sliced
src   := $(addprefix $(here)/,proc.c steal.c watch.c p.c victims.c poll.c timers.c sysmon.c preempt.c \
           world.c g.c free.c runq.c deque.c asym.c report.c schedtrace.c) \
         $(addprefix impls/,fatal.c leaks.c overflow.c altstack.c trace.c symbols.c \
           trace_x86_64.S trace_aarch64.S now.c inline.c procs.c lock.c timer.c netpoll.c \
           coro/stack.c coro/boot_x86_64.S coro/boot_aarch64.S \
           sync/wg.c sync/mutex.c sync/rwmutex.c sync/cond.c sync/once.c \
           sync/chan.c sync/select.c sync/fd.c)
