package io.tikvdirect.integration.behaviour;

import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On a cluster of the user's. */
@EnabledIfSystemProperty(
        named = "tikvdirect.integration",
        matches = "true",
        disabledReason = "runs with -Pintegration only")
@EnabledIfEnvironmentVariable(named = "PD_ADDRS", matches = ".+", disabledReason = "PD_ADDRS names no cluster")
@DisabledIfEnvironmentVariable(named = "PD_KEYS", matches = "txn", disabledReason = "PD_KEYS=txn is for transactions")
class ExternalClusterBehaviourTest extends RawEdgeBehaviour {
    ExternalClusterBehaviourTest() {
        super(ServerUnderTest.external());
    }
}
