package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;

import io.tikvdirect.client.net.FaultyProxy.Mode;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedPeer;
import io.tikvdirect.embedded.EmbeddedRegion;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The situations that {@link DeadlineTest} leaves out: peers that deliver a byte a second at each phase, networks that hang
 * or reset at other phases, and stores that stop. What is printed is how far calls outlived their deadline and how soon the
 * client worked again; what is asserted is that calls end and the client recovers by itself.
 */
class TimingTruthTest extends DeadlineFixture {

    // ---- a byte a second

    @Test
    @BesideOthers
    void pdDeliversAByteASecondWhenAClientIsOpened() throws Exception {
        opensNot(Mode.TRICKLE);
    }

    @Test
    @BesideOthers
    void pdDeliversAByteASecondBeforeTheFirstLookUp() throws Exception {
        pdProxy.mode(Mode.TRICKLE);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void storesDeliverAByteASecondFromTheFirstConnectionOn() throws Exception {
        stores(Mode.TRICKLE);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    // ---- a network that hangs or resets, at other phases

    @Test
    @BesideOthers
    void theNetworkToPdIsGoneBeforeTheFirstLookUp() throws Exception {
        pdProxy.mode(Mode.BLACKHOLE);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void pdGetsTheLookUpAndItsAnswerIsHeldBack() throws Exception {
        pdProxy.mode(Mode.ANSWERS_HELD);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void theNetworkToStoresIsGoneUnderOpenStreams() throws Exception {
        warm();
        stores(Mode.BLACKHOLE);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void storesExecuteAndTheirAnswersAreHeldBack() throws Exception {
        warm();
        stores(Mode.ANSWERS_HELD);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void storesResetTheFirstConnection() throws Exception {
        stores(Mode.RESET);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void everythingIsSilentAtOnce() throws Exception {
        warm();
        pdProxy.mode(Mode.SILENT);
        stores(Mode.SILENT);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        stores(Mode.PASS);
        recovers();
    }

    // ---- stores that stop

    @Override
    EmbeddedCluster cluster() throws Exception {
        return EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("m")))
                .leadersOnFirstStore()
                .start();
    }

    private EmbeddedRegion region() {
        return cluster.regionOf(bytes("a"));
    }

    @Test
    @BesideOthers
    void theStoreThatLeadsStopsAndAnotherOneLeads() throws Exception {
        warm();
        long leader = region().leaderStoreId();
        cluster.stopStore(leader);
        end(calls(), false);
        recovers();
        cluster.startStore(leader);
        recovers();
    }

    @Test
    @BesideOthers
    void aStoreThatFollowsStops() throws Exception {
        warm();
        long follower = region().peers().stream()
                .mapToLong(EmbeddedPeer::storeId)
                .filter(store -> store != region().leaderStoreId())
                .findFirst()
                .orElseThrow();
        cluster.stopStore(follower);
        end(calls(), false);
        recovers();
        cluster.startStore(follower);
        recovers();
    }

    @Test
    @BesideOthers
    void withoutAMajorityNothingIsServedUntilThereIsOne() throws Exception {
        warm();
        cluster.stopStore(1);
        cluster.stopStore(2);
        allEndByTheirDeadline();
        cluster.startStore(1);
        recovers();
        cluster.startStore(2);
        recovers();
    }
}
