package io.tikvdirect.client.internal.pd;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.ClusterMismatchException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.log.RateLimitedLog;
import io.tikvdirect.client.internal.net.HostAndPort;
import io.tikvdirect.proto.pdpb.GetMembersRequest;
import io.tikvdirect.proto.pdpb.GetMembersResponse;
import io.tikvdirect.proto.pdpb.Member;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.TransportLoop;
import io.tikvdirect.transport.UnaryCalls;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Confined to PD's event loop. Who leads PD.
 *
 * <p>While nobody is known to lead and somebody wants to know, all members are asked at once, round after round with a
 * short pause between, until one names a leader; that heals by itself soon after PD comes back. Members are those that
 * were configured and those that members name. A member of another cluster is never believed; when all that answer are of
 * another cluster, those who wait are told at once. In the first round, where the cluster's id is still to be learnt, the
 * others get a moment after the first answer, so that addresses of two clusters do not go unnoticed.
 */
final class PdDiscovery {
    private static final GrpcMethod GET_MEMBERS = GrpcMethod.of("pdpb.PD", "GetMembers");
    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(PdDiscovery.class));

    /** PD client UpdateMemberTimeout. */
    private static final long ASK_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long GRACE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long MAX_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(400);

    private final TransportLoop loop;
    private final PdConnections connections;
    private final Config config;
    private final RandomGenerator random;
    private final Set<HostAndPort> configured = new LinkedHashSet<>();
    private final Set<HostAndPort> members = new LinkedHashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private @Nullable Round round;
    private @Nullable PdLeader leader;
    private @Nullable Throwable lastFailure;
    private volatile long clusterId;
    private long pauseNs = FIRST_PAUSE_NS;
    private boolean closed;

    PdDiscovery(
            final TransportLoop loop,
            final PdConnections connections,
            final Config config,
            final RandomGenerator random) {
        this.loop = loop;
        this.connections = connections;
        this.config = config;
        this.random = random;
        this.clusterId = config.clusterId();
        config.pdAddresses().forEach(address -> configured.add(HostAndPort.mapped(address, config.addressMap())));
        members.addAll(configured);
    }

    /** The leader as far as known, or null. */
    @Nullable
    PdLeader leader() {
        return leader;
    }

    /** The cluster's id, 0 while unknown; on any thread. */
    long clusterId() {
        return clusterId;
    }

    /** The last thing that went wrong while the leader was searched, or null. */
    @Nullable
    Throwable lastFailure() {
        return lastFailure;
    }

    /** Tells the waiter who leads: at once if that is known, else as soon as it is. */
    void await(final Waiter waiter) {
        final PdLeader known = leader;
        if (closed) {
            waiter.onNoLeader(new ClientClosedException("the client is closed", FailureDetails.NONE, null));
        } else if (known != null) {
            waiter.onLeader(known);
        } else {
            waiters.add(waiter);
            ask();
        }
    }

    /** Somebody who waits has ended. */
    void leave(final Waiter waiter) {
        waiters.remove(waiter);
    }

    /** Somebody got no good answer of a leader: it is searched anew, unless that has happened already. */
    void suspect(final PdLeader suspected, final Throwable failure) {
        lastFailure = failure;
        if (PdFailures.isSilence(failure)) {
            connections.drop(suspected.address(), "it does not answer");
        }
        if (suspected.equals(leader)) {
            leader = null;
        }
    }

    /** Asks the members again in the background, who may have changed without anybody noticing. */
    void refresh() {
        if (!closed) {
            ask();
        }
    }

    private void ask() {
        if (round == null) {
            final Round started = new Round();
            round = started;
            started.start();
        }
    }

    private void pauseAndAsk() {
        if (closed || waiters.isEmpty()) {
            return;
        }
        final long jitteredNs = pauseNs / 2 + random.nextLong(pauseNs / 2 + 1);
        pauseNs = Math.min(MAX_PAUSE_NS, pauseNs * 2);
        final var unused = loop.eventLoop().schedule(this::askIfWanted, jitteredNs, TimeUnit.NANOSECONDS);
    }

    private void askIfWanted() {
        if (!closed && leader == null && !waiters.isEmpty()) {
            ask();
        }
    }

    private void take(final GetMembersResponse answer, final PdLeader found) {
        clusterId = found.clusterId();
        pauseNs = FIRST_PAUSE_NS;
        leader = found;
        members.clear();
        members.addAll(configured);
        for (final Member member : answer.getMembersList()) {
            final HostAndPort address = address(member);
            if (address != null) {
                members.add(address);
            }
        }
        connections.retain(members);
        final List<Waiter> all = List.copyOf(waiters);
        waiters.clear();
        all.forEach(waiter -> waiter.onLeader(found));
    }

    private void tellAll(final TikvException failure) {
        final List<Waiter> all = List.copyOf(waiters);
        waiters.clear();
        all.forEach(waiter -> waiter.onNoLeader(failure));
    }

    private @Nullable HostAndPort address(final Member member) {
        for (final String url : member.getClientUrlsList()) {
            try {
                return HostAndPort.mapped(url, config.addressMap());
            } catch (final IllegalArgumentException malformed) {
                LOG.warn("PD member {} names an address that cannot be dialled: {}", member.getName(), url);
            }
        }
        return null;
    }

    void close() {
        closed = true;
        tellAll(new ClientClosedException("the client was closed", FailureDetails.NONE, null));
    }

    /** Confined to PD's event loop. Who wants to know the leader; told once. */
    interface Waiter {
        void onLeader(PdLeader leader);

        /** No leader will be found, ever. */
        void onNoLeader(TikvException failure);
    }

    /** Confined to PD's event loop. All members asked once. */
    private final class Round {
        private final boolean isFirst = clusterId == 0;
        private final List<Throwable> failures = new ArrayList<>();
        private int outstanding;
        private @Nullable GetMembersResponse best;
        private @Nullable PdLeader found;
        private @Nullable ClusterMismatchException mismatch;
        private boolean over;

        void start() {
            final List<HostAndPort> asked = List.copyOf(members);
            outstanding = asked.size();
            asked.forEach(this::ask);
        }

        private void ask(final HostAndPort address) {
            final CallOptions options = CallOptions.DEFAULT.withDeadlineNs(System.nanoTime() + ASK_NS);
            final GetMembersRequest request = GetMembersRequest.newBuilder()
                    .setHeader(PdMessages.header(clusterId))
                    .build();
            final ByteBuf bytes =
                    PdMessages.encode(request, connections.options().allocator());
            final CompletableFuture<?> unused = UnaryCalls.call(connections.to(address), GET_MEMBERS, options, bytes)
                    .thenAccept(answer -> onAnswer(address, answer))
                    .whenComplete((nothing, failure) -> onEnd(address, failure));
        }

        private void onAnswer(final HostAndPort address, final ByteBuf bytes) {
            final GetMembersResponse answer;
            try {
                answer = PdMessages.decode(GetMembersResponse.parser(), bytes);
            } finally {
                bytes.release();
            }
            final long answeredId = answer.getHeader().getClusterId();
            final long expectedId = found == null ? clusterId : found.clusterId();
            if (expectedId != 0 && answeredId != expectedId) {
                throw new ClusterMismatchException(
                        address + " belongs to cluster " + answeredId + ", not to " + expectedId,
                        FailureDetails.of("get_members").build(),
                        null);
            }
            final HostAndPort leaderAddress = answer.hasLeader() ? address(answer.getLeader()) : null;
            if (found == null && leaderAddress != null && answeredId != 0) {
                best = answer;
                found = new PdLeader(leaderAddress, answeredId);
                onFound();
            }
        }

        private void onFound() {
            if (!isFirst) {
                end();
            } else if (outstanding > 1) {
                final var unused = loop.eventLoop().schedule(this::end, GRACE_NS, TimeUnit.NANOSECONDS);
            }
        }

        private void onEnd(final HostAndPort address, final @Nullable Throwable failure) {
            outstanding--;
            if (failure != null) {
                onFailure(address, PdFailures.unwrapped(failure));
            }
            if (outstanding == 0) {
                end();
            }
        }

        private void onFailure(final HostAndPort address, final Throwable failure) {
            failures.add(failure);
            lastFailure = failure;
            if (failure instanceof ClusterMismatchException other) {
                mismatch = other;
                LOG.warn("PD member ignored: {}", other.getMessage());
            }
            if (PdFailures.isSilence(failure)) {
                connections.drop(address, "it does not answer");
            }
        }

        private void end() {
            if (over) {
                return;
            }
            over = true;
            round = null;
            if (closed) {
                return;
            }
            final TikvException hopeless = hopeless();
            final GetMembersResponse answer = best;
            if (hopeless != null) {
                tellAll(hopeless);
            } else if (found != null && answer != null) {
                take(answer, found);
            } else {
                pauseAndAsk();
            }
        }

        /** What waiting does not mend: other clusters, and at the start peers that are no PD at all. */
        private @Nullable TikvException hopeless() {
            if (mismatch != null && (found == null || isFirst)) {
                return mismatch;
            }
            final boolean allWrong = !failures.isEmpty() && failures.stream().allMatch(PdFailures::isMisconfiguration);
            return isFirst && found == null && allWrong
                    ? PdFailures.unavailable(
                            "no PD",
                            failures.get(0),
                            FailureDetails.of("get_members").build())
                    : null;
        }
    }
}
