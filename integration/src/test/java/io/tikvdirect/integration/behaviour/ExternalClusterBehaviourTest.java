package io.tikvdirect.integration.behaviour;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(
        named = "tikvdirect.integration",
        matches = "true",
        disabledReason = "runs with -Pintegration only")
@EnabledIfEnvironmentVariable(
        named = "PD_ADDRS",
        matches = ".+",
        disabledReason = "PD_ADDRS is not set: no cluster to run against")
class ExternalClusterBehaviourTest extends RawBehaviour {
    ExternalClusterBehaviourTest() {
        super(ServerUnderTest.external());
    }
}
