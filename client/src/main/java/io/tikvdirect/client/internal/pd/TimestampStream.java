package io.tikvdirect.client.internal.pd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.Timestamp;
import io.tikvdirect.proto.pdpb.TsoRequest;
import io.tikvdirect.proto.pdpb.TsoResponse;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.GrpcCall;
import io.tikvdirect.transport.GrpcCallListener;
import io.tikvdirect.transport.GrpcConnection;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.GrpcStatus;
import io.tikvdirect.transport.GrpcStatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private final Deque<Batch> inFlight = new ArrayDeque<>();
    private final PdLeader leader;
    private final Owner owner;
    private final GrpcCall call;
    private boolean ended;

    TimestampStream(final PdLeader leader, final GrpcConnection connection, final Owner owner) {
        this.leader = leader;
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
        final Batch oldest = inFlight.peekFirst();
        return oldest == null ? Long.MAX_VALUE : oldest.sentNs;
    }

    /** Asks for one timestamp for each request; takes the list. May end the stream. */
    void send(final List<TimestampRequest> requests, final long nowNs) {
        final TsoRequest request = TsoRequest.newBuilder()
                .setHeader(PdMessages.header(leader.clusterId()))
                .setCount(requests.size())
                .build();
        inFlight.addLast(new Batch(requests, nowNs));
        final ByteBuf message;
        try {
            message = call.newMessage(request.getSerializedSize());
        } catch (OutOfMemoryError exhausted) {
            end(new BackpressureException(
                    "no direct memory to ask for a timestamp",
                    FailureDetails.of("tso").build(),
                    exhausted));
            return;
        }
        try (ByteBufOutputStream out = new ByteBufOutputStream(message)) {
            request.writeTo(out);
        } catch (final IOException impossible) {
            message.release();
            throw new UncheckedIOException(impossible);
        }
        call.send(message);
        call.flush();
    }

    @Override
    public void onMessage(final ByteBuf message) {
        if (ended) {
            return;
        }
        try {
            final TsoResponse answer = PdMessages.decode(TsoResponse.parser(), message);
            final Batch batch = batchOf(answer);
            final long first = firstOf(answer, batch.requests.size());
            inFlight.removeFirst();
            owner.onTimestamps(batch.requests, first);
        } catch (final TikvException unbelievable) {
            end(unbelievable);
        }
    }

    private Batch batchOf(final TsoResponse answer) {
        final Batch oldest = inFlight.peekFirst();
        if (answer.getHeader().getError().getType() != ErrorType.OK) {
            throw protocol("PD answers " + answer.getHeader().getError().getMessage());
        }
        if (oldest == null || answer.getCount() != oldest.requests.size()) {
            throw protocol("PD gives " + answer.getCount() + " timestamps, asked for were "
                    + (oldest == null ? 0 : oldest.requests.size()));
        }
        return oldest;
    }

    /** PD names the last of the timestamps it gives. */
    private long firstOf(final TsoResponse answer, final int count) {
        final Timestamp last = answer.getTimestamp();
        final long firstLogical = last.getLogical() - count + 1;
        if (last.getPhysical() <= 0 || firstLogical < 0 || last.getLogical() >> LOGICAL_BITS != 0) {
            throw protocol("PD gives a timestamp that is none: " + last.getPhysical() + "/" + last.getLogical());
        }
        final long first = (last.getPhysical() << LOGICAL_BITS) + firstLogical;
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
        final List<TimestampRequest> left = new ArrayList<>();
        inFlight.forEach(batch -> left.addAll(batch.requests));
        inFlight.clear();
        owner.onStreamEnd(this, left, cause);
    }

    /** Confined to PD's event loop. Whom a stream works for. */
    interface Owner {
        /** The largest timestamp given out so far. */
        long lastGiven();

        /** Timestamps have come: {@code first} is for the first request, one more for each that follows. */
        void onTimestamps(List<TimestampRequest> requests, long first);

        /** The stream is over; these requests are unanswered. */
        void onStreamEnd(TimestampStream stream, List<TimestampRequest> unanswered, @Nullable Throwable cause);
    }

    /** Immutable. Requests that travel together. */
    private record Batch(List<TimestampRequest> requests, long sentNs) {}
}
