package io.tikvdirect.client.internal.pd;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.codec.wire.WireWriter;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.GrpcCall;
import io.tikvdirect.transport.GrpcCallListener;
import io.tikvdirect.transport.GrpcConnection;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.GrpcStatus;
import io.tikvdirect.transport.GrpcStatusException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confined to PD's event loop. One TSO stream to one leader, from its opening to its end; never reopened.
 *
 * <p>PD answers in order. An answer that does not belong to the oldest batch, or that gives a timestamp which was given
 * before, ends the stream: nothing that comes from it later is believed.
 */
final class TimestampStream implements GrpcCallListener {
    /** The logical part of a timestamp; the rest are milliseconds. */
    static final int LOGICAL_BITS = 18;

    private static final GrpcMethod TSO = GrpcMethod.of("pdpb.PD", "Tso");

    private static final int HEADER = 1;
    private static final int COUNT = 2;

    private final Deque<TimestampBatch> inFlight = new ArrayDeque<>();
    private final TimestampAnswer answer = new TimestampAnswer();
    private final PdLeader leader;
    private final byte[] header;
    private final Owner owner;
    private final GrpcCall call;
    private boolean ended;

    TimestampStream(final PdLeader leader, final GrpcConnection connection, final Owner owner) {
        this.leader = leader;
        this.header = PdMessages.header(leader.clusterId()).toByteArray();
        this.owner = owner;
        this.call = connection.start(TSO, CallOptions.DEFAULT, this);
    }

    PdLeader leader() {
        return leader;
    }

    int batchesInFlight() {
        return inFlight.size();
    }

    /** When the oldest unanswered batch was sent; {@link Long#MAX_VALUE} when there is none. */
    long oldestSentNs() {
        final TimestampBatch oldest = inFlight.peekFirst();
        return oldest == null ? Long.MAX_VALUE : oldest.sentNs();
    }

    /** What is unanswered, the oldest first; to be looked at only. */
    Iterable<TimestampBatch> unanswered() {
        return inFlight;
    }

    /** Asks for one timestamp for each request; takes the batch. May end the stream. */
    void send(final TimestampBatch batch, final long nowNs) {
        batch.onSent(nowNs);
        inFlight.addLast(batch);
        final ByteBuf message;
        try {
            message = call.newMessage(
                    WireWriter.bytesFieldSize(HEADER, header.length) + WireWriter.varintFieldSize(COUNT, batch.size()));
        } catch (OutOfMemoryError exhausted) {
            end(new BackpressureException(
                    "no direct memory to ask for a timestamp",
                    FailureDetails.of("tso").build(),
                    exhausted));
            return;
        }
        WireWriter.writeBytesField(message, HEADER, header);
        WireWriter.writeVarintField(message, COUNT, batch.size());
        call.send(message);
        call.flush();
    }

    @Override
    public void onMessage(final ByteBuf message) {
        if (ended) {
            return;
        }
        try {
            answer.read(message);
            final TimestampBatch batch = batchOf(message);
            final long first = first(batch.size());
            inFlight.removeFirst();
            owner.onTimestamps(batch, first);
        } catch (final TikvException unbelievable) {
            end(unbelievable);
        }
    }

    private TimestampBatch batchOf(final ByteBuf message) {
        final TimestampBatch oldest = inFlight.peekFirst();
        final var error = answer.error(message);
        if (error.getType() != ErrorType.OK) {
            throw protocol("PD answers " + error.getMessage());
        }
        if (oldest == null || answer.count() != oldest.size()) {
            throw protocol("PD gives " + answer.count() + " timestamps, asked for were "
                    + (oldest == null ? 0 : oldest.size()));
        }
        return oldest;
    }

    /** PD names the last of the timestamps it gives. */
    private long first(final int count) {
        final long physical = answer.physical();
        final long firstLogical = answer.logical() - count + 1;
        if (physical <= 0 || firstLogical < 0 || answer.logical() >> LOGICAL_BITS != 0) {
            throw protocol("PD gives a timestamp that is none: " + physical + "/" + answer.logical());
        }
        final long first = (physical << LOGICAL_BITS) + firstLogical;
        if (first <= owner.lastGiven()) {
            throw protocol("PD gives a timestamp again: " + first + " after " + owner.lastGiven());
        }
        return first;
    }

    private static ProtocolException protocol(final String what) {
        return new ProtocolException(what, FailureDetails.of("tso").build(), null);
    }

    @Override
    public void onClosed(final GrpcStatus status) {
        end(new GrpcStatusException(TSO.toString(), status));
    }

    /** Ends the stream; those who wait for it are given back to the owner, in order. */
    void end(final Throwable cause) {
        if (ended) {
            return;
        }
        ended = true;
        call.cancel();
        final List<TimestampBatch> left = new ArrayList<>(inFlight);
        inFlight.clear();
        owner.onStreamEnd(this, left, cause);
    }

    /** Confined to PD's event loop. Whom a stream works for. */
    interface Owner {
        /** The largest timestamp given out so far. */
        long lastGiven();

        /** Timestamps have come: {@code first} is for the first request, one more for each that follows; takes the batch. */
        void onTimestamps(TimestampBatch batch, long first);

        /** The stream is over; these are unanswered, and are taken. */
        void onStreamEnd(TimestampStream stream, List<TimestampBatch> unanswered, @Nullable Throwable cause);
    }
}
