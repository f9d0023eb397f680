package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

@OnIndependentCluster
class IndependentV1TtlBehaviourTest extends RawEdgeBehaviour {
    IndependentV1TtlBehaviourTest() {
        super(ServerUnderTest.independent(ApiVersion.V1TTL));
    }
}
