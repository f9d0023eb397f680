package io.tikvdirect.embedded;

import io.grpc.Status;
import io.tikvdirect.embedded.internal.fault.FaultEffect;
import io.tikvdirect.embedded.internal.fault.FaultEffect.Kind;
import io.tikvdirect.embedded.internal.fault.FaultRules;
import io.tikvdirect.embedded.internal.fault.FaultTiming;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.NotLeader;
import io.tikvdirect.proto.errorpb.ServerIsBusy;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Thread-safe. What goes wrong on purpose: rules that match requests at the servers of one cluster, unary ones and those
 * inside of BatchCommands alike, and do something to them.
 *
 * <pre>{@code
 * FaultRule rule = cluster.faults().on("RawPut").store(2).nth(3).dropAfter();
 * cluster.faults().on("RawGet").probability(0.01).serverBusy(Duration.ofMillis(50));
 * cluster.faults().onAny().where(site -> site.regionId() == 7).times(1).resetBefore();
 * }</pre>
 *
 * <p>The first rule in the order of making that fires decides what happens to a request. Chances follow from the
 * cluster's seed: the k-th request that matches a rule has the same fate in every run.
 */
public final class FaultPlan {
    private final FaultRules rules;

    FaultPlan(FaultRules rules) {
        this.rules = rules;
    }

    /** Begins a rule for one method, such as {@code RawGet} or {@code GetRegion}. */
    public Selection on(String rpc) {
        return new Selection(site -> site.rpc().equals(rpc));
    }

    /** Begins a rule for every method of every server. */
    public Selection onAny() {
        return new Selection(site -> true);
    }

    /** Puts all rules out of force. */
    public void clear() {
        rules.clear();
    }

    /** How many times any rule fired since the start of the cluster. */
    public long fired() {
        return rules.fired();
    }

    /** Confined to its caller. A rule in the making; the methods without arguments, and those that name an effect, end it. */
    public final class Selection {
        private Predicate<FaultSite> matches;
        private FaultTiming timing = FaultTiming.ALWAYS;
        private long delayMs;

        private Selection(Predicate<FaultSite> matches) {
            this.matches = matches;
        }

        /** Only at this store; 0 = only at PD. */
        public Selection store(long storeId) {
            return where(site -> site.storeId() == storeId);
        }

        /** Only for requests whose context names this region. */
        public Selection region(long regionId) {
            return where(site -> site.regionId() == regionId);
        }

        /** Only where {@code predicate} holds as well; it runs on event loops and must be quick. */
        public Selection where(Predicate<FaultSite> predicate) {
            matches = matches.and(predicate);
            return this;
        }

        /** Only on the {@code n}-th matching request, counted from 1. */
        public Selection nth(long n) {
            timing = new FaultTiming(n, timing.skip(), timing.limit(), timing.probability());
            return this;
        }

        /** Not on the first {@code n} matching requests. */
        public Selection after(long n) {
            timing = new FaultTiming(timing.nth(), n, timing.limit(), timing.probability());
            return this;
        }

        /** At most {@code n} times. */
        public Selection times(long n) {
            timing = new FaultTiming(timing.nth(), timing.skip(), n, timing.probability());
            return this;
        }

        /**
         * On each matching request with this chance.
         *
         * @throws IllegalArgumentException outside of 0..1
         */
        public Selection probability(double chance) {
            if (!(chance >= 0 && chance <= 1)) {
                throw new IllegalArgumentException("a chance lies between 0 and 1: " + chance);
            }
            timing = new FaultTiming(timing.nth(), timing.skip(), timing.limit(), chance);
            return this;
        }

        /** Lets the request wait before the effect; to the millisecond. */
        public Selection afterDelay(Duration delay) {
            delayMs = delay.toMillis();
            return this;
        }

        /** Effect: the request waits so long, then it is executed and answered. */
        public FaultRule delay(Duration delay) {
            return afterDelay(delay).arm(Kind.SERVE);
        }

        /** Effect: the request is neither executed nor ever answered. */
        public FaultRule dropBefore() {
            return arm(Kind.DROP_BEFORE);
        }

        /** Effect: the request is executed but never answered. */
        public FaultRule dropAfter() {
            return arm(Kind.DROP_AFTER);
        }

        /** Effect: the request is not executed, its HTTP/2 stream ends with RST_STREAM. */
        public FaultRule resetBefore() {
            return arm(Kind.RESET_BEFORE);
        }

        /** Effect: the request is executed, then its HTTP/2 stream ends with RST_STREAM. */
        public FaultRule resetAfter() {
            return arm(Kind.RESET_AFTER);
        }

        /** Effect: the request is not executed, its TCP connection is closed. */
        public FaultRule closeBefore() {
            return arm(Kind.CLOSE_BEFORE);
        }

        /** Effect: the request is executed, then its TCP connection is closed. */
        public FaultRule closeAfter() {
            return arm(Kind.CLOSE_AFTER);
        }

        /** Effect: GOAWAY (NO_ERROR) that allows all present streams to go on; the request is served. */
        public FaultRule goAway() {
            return arm(Kind.GOAWAY);
        }

        /** Effect: GOAWAY (NO_ERROR) whose last stream id lies below the request's stream; the request is not executed. */
        public FaultRule goAwayRefusing() {
            return arm(Kind.GOAWAY_REFUSING);
        }

        /** Effect: the region error {@code server_is_busy}, asking for a pause of {@code backoff} (0 = none said). */
        public FaultRule serverBusy(Duration backoff) {
            ServerIsBusy busy = ServerIsBusy.newBuilder()
                    .setReason("fault plan")
                    .setBackoffMs(backoff.toMillis())
                    .build();
            return regionError(Error.newBuilder()
                    .setMessage("server is busy")
                    .setServerIsBusy(busy)
                    .build());
        }

        /** Effect: the region error {@code not_leader} without a hint who leads. */
        public FaultRule notLeader() {
            return regionError(site -> Error.newBuilder()
                    .setMessage("not leader")
                    .setNotLeader(NotLeader.newBuilder().setRegionId(site.regionId()))
                    .build());
        }

        /** Effect: this region error; the request is not executed. Skips methods whose answer has no region error. */
        public FaultRule regionError(Error error) {
            return regionError(site -> error);
        }

        /** Effect: the region error made for each request; the request is not executed. */
        public FaultRule regionError(Function<FaultSite, Error> error) {
            return arm(new FaultEffect(Kind.REGION_ERROR, delayMs, error, Status.OK));
        }

        /** Effect: the call ends with this gRPC status; the request is not executed. */
        public FaultRule fail(Status status) {
            return arm(new FaultEffect(Kind.FAIL, delayMs, site -> Error.getDefaultInstance(), status));
        }

        private FaultRule arm(Kind kind) {
            return arm(new FaultEffect(kind, delayMs, site -> Error.getDefaultInstance(), Status.OK));
        }

        private FaultRule arm(FaultEffect effect) {
            return new FaultRule(rules, rules.arm(matches, effect, timing));
        }
    }
}
