package io.tikvdirect.cli.bench;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Bytes that all threads of the process have allocated on the heap, ended threads included.
 *
 * <p>JDK 21 and later count this themselves. Before, the threads are asked one by one, and a thread that has ended counts
 * with what it had when it was last seen; whoever measures therefore asks once in a while.
 */
final class AllocationCounter {
    private final com.sun.management.ThreadMXBean threads;
    private final @Nullable Method total;
    private final Long2LongHashMap lastSeen = new Long2LongHashMap(0);

    AllocationCounter() {
        threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        total = totalMethod();
    }

    /** Bytes allocated since the process began. */
    long bytes() {
        if (total != null) {
            try {
                return (Long) total.invoke(threads);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("the JVM cannot count its allocations", e);
            }
        }
        return sumOverThreads();
    }

    /** Notes what the threads have allocated so far, where the JVM does not do so itself. */
    void look() {
        if (total == null) {
            sumOverThreads();
        }
    }

    private long sumOverThreads() {
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++) {
            if (bytes[i] > 0) {
                lastSeen.put(ids[i], bytes[i]);
            }
        }
        long sum = 0;
        Long2LongHashMap.ValueIterator values = lastSeen.values().iterator();
        while (values.hasNext()) {
            sum += values.nextValue();
        }
        return sum;
    }

    private static @Nullable Method totalMethod() {
        try {
            return com.sun.management.ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes");
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}
