package io.tikvdirect.transport;

import io.netty.util.collection.IntObjectHashMap;
import io.tikvdirect.transport.internal.http2.Http2Limits;
import io.tikvdirect.transport.internal.http2.ResetStreams;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: the calls of a connection: active by stream id, waiting for a place, or
 * blocked with bytes that the windows do not let through.
 */
final class StreamTable {
    private final IntObjectHashMap<GrpcStream> active = new IntObjectHashMap<>();
    private final ArrayDeque<GrpcStream> waiting = new ArrayDeque<>();
    private final ArrayDeque<GrpcStream> blocked = new ArrayDeque<>();
    private final ResetStreams resets = new ResetStreams();
    private final int maxWaiting;
    private long nextId;

    StreamTable(final int maxWaiting, final int firstId) {
        this.maxWaiting = maxWaiting;
        nextId = firstId;
    }

    @Nullable
    GrpcStream find(final int streamId) {
        return active.get(streamId);
    }

    int activeCount() {
        return active.size();
    }

    boolean isEmpty() {
        return active.isEmpty() && waiting.isEmpty();
    }

    /** Whether a stream id was never used: beyond ours, or even, which only a server that may push would use. */
    boolean isIdle(final int streamId) {
        return (streamId & 1) == 0 || streamId >= nextId;
    }

    boolean isExhausted() {
        return nextId > Http2Limits.MAX_STREAM_ID;
    }

    int takeId() {
        final int id = (int) nextId;
        nextId += 2;
        return id;
    }

    void activate(final GrpcStream stream, final int id) {
        active.put(id, stream);
    }

    void remove(final GrpcStream stream) {
        if (stream.id() == 0) {
            waiting.remove(stream);
        } else {
            active.remove(stream.id());
        }
    }

    // ---- waiting for a place ----

    boolean tryWait(final GrpcStream stream) {
        return waiting.size() < maxWaiting && waiting.add(stream);
    }

    @Nullable
    GrpcStream pollWaiting() {
        return waiting.poll();
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    List<GrpcStream> allActive() {
        return new ArrayList<>(active.values());
    }

    /** Ends the calls that wait: the peer has not seen them. */
    void closeWaiting(final String reason, final @Nullable Throwable cause) {
        for (final GrpcStream stream : new ArrayList<>(waiting)) {
            stream.close(GrpcStatus.ofUnprocessed(GrpcStatusCode.UNAVAILABLE, reason, cause));
        }
    }

    /** Ends the calls that the peer has said it will not process. */
    void closeAbove(final int lastStreamId, final String reason) {
        for (final GrpcStream stream : allActive()) {
            if (Integer.compareUnsigned(stream.id(), lastStreamId) > 0) {
                stream.close(GrpcStatus.ofUnprocessed(GrpcStatusCode.UNAVAILABLE, reason, null));
            }
        }
    }

    /** Ends all calls, first those that the peer has not seen. */
    void closeAll(final String reason, final Throwable cause) {
        closeWaiting(reason, cause);
        for (final GrpcStream stream : allActive()) {
            stream.close(GrpcStatus.of(GrpcStatusCode.UNAVAILABLE, reason, cause));
        }
    }

    // ---- blocked by windows ----

    void block(final GrpcStream stream) {
        if (!stream.isInBlockedQueue()) {
            stream.inBlockedQueue(true);
            blocked.add(stream);
        }
    }

    int blockedCount() {
        return blocked.size();
    }

    @Nullable
    GrpcStream pollBlocked() {
        final GrpcStream stream = blocked.poll();
        if (stream != null) {
            stream.inBlockedQueue(false);
        }
        return stream;
    }

    // ---- reset by this side ----

    void rememberReset(final int streamId) {
        resets.add(streamId);
    }

    boolean wasReset(final int streamId) {
        return resets.contains(streamId);
    }
}
