package io.tikvdirect.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Thread-safe: makes Netty's leak reports something that can be asked for instead of lines in a log.
 *
 * <p>Netty notices a leak when a tracked object was garbage collected without having been released, and says so the next
 * time something is tracked. {@link #collect} makes both happen: it has the collector run, waits until the references of
 * that run were enqueued, and has every detector poll its queue.
 */
public final class LeakRecorder {
    private static final LeakRecorder INSTANCE = new LeakRecorder();
    private static final Duration COLLECTION_LIMIT = Duration.ofSeconds(30);

    private final List<RecordingDetector<?>> detectors = new CopyOnWriteArrayList<>();
    private final Queue<String> reports = new ConcurrentLinkedQueue<>();

    private LeakRecorder() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingFactory());
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
        PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        if (detectors.isEmpty()) {
            throw new IllegalStateException(
                    "Netty's buffers were initialised before the leak recorder: leaks would go unseen");
        }
    }

    /**
     * The recorder of this JVM; the first call installs it.
     *
     * @return the recorder
     */
    public static LeakRecorder install() {
        return INSTANCE;
    }

    /**
     * Collects garbage and returns all leaks that were found since the last call.
     *
     * @return reports with the access records of the leaked objects; empty if all is well
     */
    public List<String> collect() {
        awaitCollection();
        awaitCollection();
        for (final RecordingDetector<?> detector : detectors) {
            detector.poll();
        }
        final List<String> found = new ArrayList<>();
        for (String report = reports.poll(); report != null; report = reports.poll()) {
            found.add(report);
        }
        return found;
    }

    /**
     * Returns when a collection has run and one reference of it was enqueued. After the second such collection all
     * references of the first are: the JVM enqueues run by run.
     */
    private static void awaitCollection() {
        final ReferenceQueue<Object> queue = new ReferenceQueue<>();
        final WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
        final long deadlineNs = System.nanoTime() + COLLECTION_LIMIT.toNanos();
        try {
            do {
                System.gc();
                if (System.nanoTime() > deadlineNs) {
                    throw new IllegalStateException("no garbage collection within " + COLLECTION_LIMIT);
                }
            } while (queue.remove(1_000) != canary);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for garbage collection", e);
        }
    }

    private final class RecordingFactory extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation") // abstract in the superclass, so it must be there
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                final Class<T> resource, final int samplingInterval, final long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                final Class<T> resource, final int samplingInterval) {
            final RecordingDetector<T> detector = new RecordingDetector<>(resource, samplingInterval);
            detectors.add(detector);
            return detector;
        }
    }

    private final class RecordingDetector<T> extends ResourceLeakDetector<T> {
        RecordingDetector(final Class<T> resource, final int samplingInterval) {
            super(resource, samplingInterval);
        }

        /** Tracking anything makes the detector look at its queue; the object's type does not matter to it. */
        @SuppressWarnings("unchecked")
        void poll() {
            final T probe = (T) new Object();
            final ResourceLeakTracker<T> tracker = track(probe);
            if (tracker == null) {
                throw new IllegalStateException("leak detection was switched off");
            }
            tracker.close(probe);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(final String resourceType, final String records) {
            reports.add("LEAK: " + resourceType + " was not released before it was garbage collected." + records);
        }

        @Override
        protected void reportUntracedLeak(final String resourceType) {
            reports.add("LEAK: " + resourceType + " was not released before it was garbage collected.");
        }
    }
}
