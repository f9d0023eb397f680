package io.tikvdirect.client.txn.crash;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultPlan;
import io.tikvdirect.embedded.FaultRule;
import io.tikvdirect.embedded.FaultSite;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.RaftEntryTooLarge;
import io.tikvdirect.proto.kvrpcpb.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe. What happens to the requests that one transaction of the victim sends to stores, counted from 1 in the order
 * of their arrival. The victim's requests are known by its request source and the transaction's start timestamp.
 */
final class Fate implements AutoCloseable {
    /** The request source of the client that dies. */
    static final String VICTIM = "victim";

    /** An answer that no client asks again after; for stores it is as good as a client that is gone. */
    private static final Error FINAL = Error.newBuilder()
            .setMessage("the client is dead")
            .setRaftEntryTooLarge(RaftEntryTooLarge.getDefaultInstance())
            .build();

    private final EmbeddedCluster cluster;
    private final long startTs;
    private final AtomicInteger arrived = new AtomicInteger();
    private final List<FaultRule> rules = new ArrayList<>();

    Fate(EmbeddedCluster cluster, long startTs) {
        this.cluster = cluster;
        this.startTs = startTs;
    }

    /** How many requests have arrived. */
    int arrived() {
        return arrived.get();
    }

    /** The client dies before its {@code n}-th request arrives: that one and later ones are never executed. */
    Fate dieBefore(int n) {
        return die(number -> number >= n);
    }

    /** The client dies once its {@code n}-th request is executed, whose answer goes with its connection. */
    Fate dieAfter(int n) {
        rules.add(on(number -> number == n).closeAfter());
        return dieAgain(n);
    }

    private Fate dieAgain(int n) {
        rules.add(cluster.faults()
                .onAny()
                .where(this::isOurs)
                .where(site -> arrived.get() > n)
                .regionError(FINAL));
        return this;
    }

    private Fate die(Numbers dead) {
        rules.add(on(dead).regionError(FINAL));
        return this;
    }

    /** The answer of the {@code n}-th request is lost; the victim waits for it in vain. */
    Fate loseAnswer(int n) {
        rules.add(on(number -> number == n).dropAfter());
        return this;
    }

    /** The answer of the {@code n}-th request is lost with its connection; the victim asks again at once. */
    Fate breakConnectionAfter(int n) {
        rules.add(on(number -> number == n).closeAfter());
        return this;
    }

    /** The {@code n}-th request is under way for so long, then it is executed. */
    Fate delay(int n, Duration time) {
        rules.add(on(number -> number == n).delay(time));
        return this;
    }

    /** Counts what arrives, and does nothing to it. */
    Fate watch() {
        rules.add(on(number -> false).dropBefore());
        return this;
    }

    /** Which requests, by their number. */
    private interface Numbers {
        boolean has(int number);
    }

    private FaultPlan.Selection on(Numbers numbers) {
        return cluster.faults().onAny().where(this::isOurs).where(site -> numbers.has(arrived.incrementAndGet()));
    }

    private boolean isOurs(FaultSite site) {
        Message request = site.request();
        FieldDescriptor start = request.getDescriptorForType().findFieldByName("start_version");
        FieldDescriptor context = request.getDescriptorForType().findFieldByName("context");
        return start != null
                && context != null
                && request.getField(start).equals(startTs)
                && ((Context) request.getField(context)).getRequestSource().equals(VICTIM);
    }

    @Override
    public void close() {
        rules.forEach(FaultRule::remove);
    }
}
