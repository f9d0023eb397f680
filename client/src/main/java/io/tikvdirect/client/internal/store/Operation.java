package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRedaction;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.Backoffer;
import io.tikvdirect.client.internal.region.AttemptHistory;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.ReplicaSelection;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.codec.buffer.BufferView;
import io.tikvdirect.codec.kv.ContextEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. One request to one region, from the caller's thread to the store and back; pooled and
 * used again.
 *
 * <p><b>Ownership is a baton.</b> Whoever holds the operation may read and write its plain fields and must pass it on
 * exactly once: the caller's thread fills it and offers it to a link's queue; the link's loop sends it, keeps it in its
 * in-flight table, and passes it to the {@link OperationListener} with an answer or a failure, or to the {@link
 * SlowPath}, which passes it to a timer, to a region load, and back to a link. Queues and executors order the accesses.
 * Because only the holder can complete an operation, "exactly once" needs no check at run time.
 *
 * <p><b>The one exception is cancellation</b>, which may come from any thread at any time, also when the operation is
 * used for something else by then: it names the generation it means, and is ignored when that one is over.
 *
 * <p><b>Memory.</b> The request body is encoded once, into a part of a slab that the operation owns for ever, or into a
 * buffer of its own when it is larger, if possible one of the {@link SpareBodies}; it stays there until the operation is released, so that a retry sends the same
 * bytes under a new Context.
 */
public final class Operation {

    /** Reported as slow. */
    static final byte SLOW = 1;
    /** Reported as hanging too. */
    static final byte HANGING = 2;

    private static final byte[] NO_BYTES = new byte[0];

    private final OperationPool pool;
    private final ByteBufAllocator allocator;
    private final ByteBuf slab;
    private final BufferView routingKey = new BufferView();

    // What is asked
    private OperationKind kind = OperationKind.RAW_GET;
    private boolean replayable;
    private long startNs;
    private long deadlineNs;
    private byte[] contextOptions = NO_BYTES;
    private boolean urgent;
    private ByteBuf body;
    private int largeBytes;
    private boolean isSpare;
    private int routingKeyOffset;
    private int routingKeyLength;

    // Who asked
    private @Nullable OperationListener listener;
    private @Nullable RequestWatch watch;
    private boolean watched;
    private @Nullable DirectCallback callback;
    private long correlationId;
    private int slot;

    // Where it is
    private @Nullable Region region;
    /** Id in its link's in-flight table; 0 while it is in none. */
    long requestId;
    /** Generation of the stream it was written to. */
    int streamGeneration;
    /** When the present attempt was written. */
    long sentNs;
    /** How its slowness was reported: 0, {@link #SLOW} or {@link #HANGING}. */
    byte slowness;
    /** Whether bytes of the present attempt may have reached the store. */
    boolean dispatched;
    /** Whether the answer to an earlier attempt was lost, or said that its outcome is unknown. */
    private boolean uncertain;

    private int attempts;
    private boolean forReplica;
    private @Nullable ReplicaSelection replicas;
    private byte[] leaderOptions = NO_BYTES;
    private @Nullable Backoffer backoffer;
    private @Nullable AttemptHistory history;
    private @Nullable EventLoop loop;
    private @Nullable String lastError;

    /** Only its holder reads and writes it. */
    private int generation = 1;

    private volatile int cancelledGeneration;

    Operation(OperationPool pool, ByteBuf slab, ByteBufAllocator allocator) {
        this.pool = pool;
        this.slab = slab;
        this.body = slab;
        this.allocator = allocator;
    }

    /**
     * Starts a new use.
     *
     * @param newKind what is asked
     * @param isReplayable whether it may be sent again after an earlier attempt may have been executed
     * @param newStartNs now, as {@link System#nanoTime()}
     * @param newDeadlineNs when it must have ended, as {@link System#nanoTime()}
     * @param options encoded fields of {@code kvrpcpb.Context} that follow the region's; kept, not copied
     */
    public void begin(
            OperationKind newKind, boolean isReplayable, long newStartNs, long newDeadlineNs, byte[] options) {
        kind = newKind;
        replayable = isReplayable;
        startNs = newStartNs;
        deadlineNs = newDeadlineNs;
        if (options != contextOptions) {
            contextOptions = options;
            urgent = ContextEncoder.isHighPriority(options);
            forReplica = ContextEncoder.isReplicaRead(options);
        }
        watch = null;
        watched = false;
        replicas = null;
        backoffer = null;
        history = null;
        lastError = null;
        attempts = 0;
        dispatched = false;
        uncertain = false;
        routingKeyLength = 0;
    }

    /**
     * Lets a read go to other replicas than the leader the first time it is sent.
     *
     * @param selection which
     * @param optionsForLeader what is sent in the place of the options given before when it goes to the leader; kept, not
     *     copied
     */
    public void replicas(ReplicaSelection selection, byte[] optionsForLeader) {
        replicas = selection;
        leaderOptions = optionsForLeader;
    }

    /** {@return which replicas it may go to now; null: the leader alone} */
    @Nullable
    ReplicaSelection replicas() {
        return replicas;
    }

    /** It goes to the leader, now and from now on. */
    void askLeader() {
        replicas = null;
        forReplica = false;
        contextOptions = leaderOptions;
    }

    /**
     * Provides room for the request body and drops what was there.
     *
     * @param bytes how many bytes will be written
     * @return an empty buffer with that much room, owned by this operation (<i>borrowed</i>)
     */
    public ByteBuf newBody(int bytes) {
        dropBody();
        if (bytes > slab.capacity()) {
            body = large(bytes);
            largeBytes = bytes;
            pool.countLargeBytes(bytes);
        }
        return body.clear();
    }

    private ByteBuf large(int bytes) {
        try {
            ByteBuf spare = pool.spareBodies().take(bytes);
            isSpare = spare != null;
            return spare != null ? spare : allocator.directBuffer(bytes, bytes);
        } catch (OutOfMemoryError exhausted) {
            throw new BackpressureException(
                    "no direct memory for a request of " + bytes + " bytes", FailureDetails.NONE, exhausted);
        }
    }

    private void dropBody() {
        ByteBuf old = body;
        if (largeBytes == 0) {
            return;
        }
        body = slab;
        pool.countLargeBytes(-largeBytes);
        largeBytes = 0;
        if (isSpare) {
            isSpare = false;
            pool.spareBodies().giveBack(old);
        } else {
            old.release();
        }
    }

    /**
     * Says where in the body the user key lies that decides about the region.
     *
     * @param offset offset in the body, behind the key space's prefix
     * @param length length in bytes
     */
    public void routeBy(int offset, int length) {
        routingKeyOffset = offset;
        routingKeyLength = length;
    }

    /**
     * The key that decides about the region.
     *
     * @return a view over the body, <i>borrowed</i>, wrapped anew by the next call
     */
    public BufferView routingKey() {
        return routingKey.wrap(body, routingKeyOffset, routingKeyLength);
    }

    /** {@return the length of the routing key in bytes} */
    public int routingKeyLength() {
        return routingKeyLength;
    }

    /**
     * Sets who is told.
     *
     * @param newListener never null
     */
    public void listener(OperationListener newListener) {
        listener = newListener;
    }

    /**
     * Sets who sees its attempts; forgotten by {@link #begin}.
     *
     * @param newWatch null: nobody
     */
    public void watch(@Nullable RequestWatch newWatch) {
        watch = newWatch;
    }

    /** It is about to be written. */
    void tellSent() {
        RequestWatch present = watch;
        if (present != null) {
            watched = true;
            present.onSent(this);
        }
    }

    /** An attempt has ended; does nothing when none is under way. */
    void tellEnd(@Nullable String failure, long nowNs) {
        RequestWatch present = watch;
        if (present != null && watched) {
            watched = false;
            present.onEnd(this, nowNs - sentNs, failure);
        }
    }

    /** It is going to rest. */
    void tellPause(long delayNs) {
        RequestWatch present = watch;
        if (present != null) {
            present.onPause(delayNs);
        }
    }

    /**
     * Sets what the direct face needs to tell its caller.
     *
     * @param newCallback the caller's callback
     * @param newCorrelationId the caller's number
     */
    public void directCaller(DirectCallback newCallback, long newCorrelationId) {
        callback = newCallback;
        correlationId = newCorrelationId;
    }

    /**
     * Remembers a number for the listener, for example which part of a larger call this is.
     *
     * @param number the listener's own
     */
    public void slot(int number) {
        slot = number;
    }

    /** {@return the number given by {@link #slot(int)}} */
    public int slot() {
        return slot;
    }

    /**
     * Sets where the next attempt goes.
     *
     * @param newRegion a region whose leader is known
     */
    public void region(@Nullable Region newRegion) {
        region = newRegion;
    }

    /** {@return the region of the last attempt, or null before the first} */
    public @Nullable Region region() {
        return region;
    }

    /** {@return the region to send to} */
    Region requireRegion() {
        Region present = region;
        if (present == null) {
            throw new IllegalStateException("operation without a region");
        }
        return present;
    }

    /** {@return what is asked} */
    public OperationKind kind() {
        return kind;
    }

    /** {@return whether it may be sent again after an earlier attempt may have been executed} */
    public boolean replayable() {
        return replayable;
    }

    /** {@return when it must have ended, as {@link System#nanoTime()}} */
    public long deadlineNs() {
        return deadlineNs;
    }

    /** {@return when it began, as {@link System#nanoTime()}} */
    public long startNs() {
        return startNs;
    }

    /** {@return encoded Context fields beyond the region's} */
    public byte[] contextOptions() {
        return contextOptions;
    }

    /** {@return whether it goes before others that wait for the same store} */
    boolean isUrgent() {
        return urgent;
    }

    /** {@return the encoded request without its Context, <i>borrowed</i>} */
    public ByteBuf body() {
        return body;
    }

    /** {@return whether the body lies in a buffer of its own, so that it can be sent by reference} */
    boolean bodyIsShared() {
        return largeBytes > 0;
    }

    /** {@return the callback of the direct face} */
    public @Nullable DirectCallback callback() {
        return callback;
    }

    /** {@return the caller's number on the direct face} */
    public long correlationId() {
        return correlationId;
    }

    /** {@return who is told; set before the operation is sent} */
    public OperationListener listener() {
        OperationListener present = listener;
        if (present == null) {
            throw new IllegalStateException("operation without a listener");
        }
        return present;
    }

    /**
     * Counts an attempt.
     *
     * @return how many attempts there were, this one included
     */
    int countAttempt() {
        return ++attempts;
    }

    /** {@return whether it is to go to another replica than the leader: only the first time} */
    boolean avoidsLeader() {
        return forReplica && attempts == 0;
    }

    /** {@return how many attempts there were} */
    public int attempts() {
        return attempts;
    }

    @Nullable
    Backoffer backoffer() {
        return backoffer;
    }

    void backoffer(Backoffer newBackoffer) {
        backoffer = newBackoffer;
    }

    /** {@return which region errors were met; made at the first one} */
    AttemptHistory history() {
        AttemptHistory present = history;
        if (present == null) {
            present = new AttemptHistory();
            history = present;
        }
        return present;
    }

    /** The answer to an attempt that may have been executed is lost. */
    void onAnswerLost() {
        uncertain = true;
    }

    /**
     * Whether the store may have executed this operation, now or in an earlier attempt, without this client knowing. A
     * replayable operation is sent again all the same; when it fails in the end, this tells what may be claimed.
     *
     * @return false when it surely was not executed
     */
    public boolean mayHaveBeenExecuted() {
        return uncertain || dispatched;
    }

    /** The store gave a definite answer: what became of earlier attempts does not matter any more. */
    public void onDefiniteAnswer() {
        uncertain = false;
        dispatched = false;
    }

    /** The store surely did not execute the last attempt; of earlier ones its answer says nothing. */
    public void onAttemptRefused() {
        dispatched = false;
    }

    void loop(EventLoop newLoop) {
        loop = newLoop;
    }

    /** {@return the loop it was sent from} */
    public EventLoop loop() {
        EventLoop present = loop;
        if (present == null) {
            throw new IllegalStateException("operation was not sent");
        }
        return present;
    }

    /**
     * Remembers what a server or the network said, for the failure.
     *
     * @param error one line
     */
    public void lastError(String error) {
        lastError = error;
    }

    /** {@return the last thing a server or the network said, or null} */
    public @Nullable String lastError() {
        return lastError;
    }

    /** {@return a number that names this use of the operation, for {@link #cancel(int)}} */
    public int generation() {
        return generation;
    }

    /**
     * Thread-safe. Asks to drop the operation when it has not been sent. One that was sent ends with its answer or its
     * deadline, which nobody waits for any more.
     *
     * @param ofGeneration the use that is meant; another use is not touched
     */
    public void cancel(int ofGeneration) {
        cancelledGeneration = ofGeneration;
    }

    boolean isCancelled() {
        return cancelledGeneration == generation;
    }

    /**
     * Passes a failure to the listener, which owns the operation then.
     *
     * @param failure why
     */
    public void fail(TikvException failure) {
        pool.punctuality().ended(System.nanoTime(), deadlineNs);
        listener().onFailure(this, failure);
    }

    /**
     * What is known about this operation, for a failure.
     *
     * @param nowNs now
     * @return details, with the key that was routed by, as far as the configuration lets it be shown
     */
    public FailureDetails.Builder details(long nowNs) {
        return OperationDetails.of(this, nowNs);
    }

    /** {@return how failures show its key} */
    KeyRedaction redaction() {
        return pool.redaction();
    }

    /** Ends this use and gives the operation back to its pool; the caller must not touch it again. */
    public void release() {
        generation++;
        dropBody();
        listener = null;
        watch = null;
        callback = null;
        region = null;
        backoffer = null;
        history = null;
        lastError = null;
        replicas = null;
        pool.release(this);
    }
}
