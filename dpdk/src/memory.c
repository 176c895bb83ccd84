/* See memory.h. */
#include "memory.h"

#include <sys/mman.h>

void *memory_reserve(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	/* Without large pages it works as well, so whether the kernel has them is not asked. */
	(void)madvise(memory, bytes, MADV_HUGEPAGE);
	return memory;
}

void memory_release(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, bytes);
}
