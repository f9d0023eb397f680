package io.tikvdirect.cli.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Stateless. Makes generating threads; virtual ones by reflection, because this is compiled for JDK 17. */
final class BenchThreads {
    private static final int VIRTUAL_SINCE = 21;

    private BenchThreads() {}

    static boolean virtualAvailable() {
        return Runtime.version().feature() >= VIRTUAL_SINCE;
    }

    /** A thread that does not keep the process alive. */
    static Thread unstarted(boolean virtual, Runnable work, String name) {
        if (virtual) {
            return virtual(work, name);
        }
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private static Thread virtual(Runnable work, String name) {
        try {
            Class<?> builders = Class.forName("java.lang.Thread$Builder");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Method named = builders.getMethod("name", String.class);
            Method unstarted = builders.getMethod("unstarted", Runnable.class);
            return (Thread) unstarted.invoke(named.invoke(builder, name), work);
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException("this JDK has no virtual threads", e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("a virtual thread could not be made", e.getCause());
        }
    }
}
