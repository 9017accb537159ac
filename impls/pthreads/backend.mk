# 1:1: every G is a kernel thread.
model := 1:1
caps  := parallel preemptive blocking threads channels timers fork-join descriptors
src   := $(addprefix $(here)/,pthreads.c fd.c) \
         $(call room,impls/shared impls/shared/fault impls/shared/trace impls/shared/sync) $(addprefix impls/shared/wait/,fd.c plant.c)
