package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.net.PdMembers;
import io.tikvdirect.embedded.EmbeddedCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PD with two members, one of which leads: it stops, or another one takes its place. */
class PdLeaderTest extends DeadlineFixture {
    private PdMembers members;
    private int changes;

    @Override
    EmbeddedCluster cluster() throws Exception {
        EmbeddedCluster started = super.cluster();
        members = new PdMembers(started.pdAddresses().get(0), 2);
        return started;
    }

    @Override
    Config config() {
        return super.config().toBuilder()
                .set("pd.addresses", members.addresses())
                .set("regions.prefetch", "1")
                .build();
    }

    @AfterEach
    void stopMembers() {
        members.close();
    }

    /** New regions, so that calls need PD. */
    private void changeRegions() {
        changes++;
        cluster.split(bytes("b" + changes));
        cluster.split(bytes("x" + changes));
    }

    /** With the short deadline that a busy machine may miss. */
    private long timestamp() {
        return patiently().until(client::timestamp, taken -> true);
    }

    private void timestampsGoOn() {
        long before = timestamp();
        assertThat(timestamp()).isGreaterThan(before);
    }

    @Test
    void theLeaderStopsAndTheOtherOneLeads() throws Exception {
        warm();
        timestamp();
        members.lead(1);
        members.stop(0);
        changeRegions();
        recovers();
        timestampsGoOn();
        members.restart(0);
        members.lead(0);
        members.stop(1);
        changeRegions();
        recovers();
        timestampsGoOn();
    }

    @Test
    void theLeaderStopsBeforeTheFirstLookUpAndNobodyLeadsForAWhile() throws Exception {
        members.stop(0);
        members.lead(PdMembers.NOBODY);
        allEndByTheirDeadline();
        members.lead(1);
        recovers();
        timestampsGoOn();
    }

    @Test
    void anotherMemberLeadsAndNobodyStops() {
        warm();
        timestamp();
        for (int leader : new int[] {1, 0, 1}) {
            members.lead(leader);
            changeRegions();
            recovers();
            timestampsGoOn();
        }
    }
}
