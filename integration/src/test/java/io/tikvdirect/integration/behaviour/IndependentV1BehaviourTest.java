package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

@OnIndependentCluster
class IndependentV1BehaviourTest extends RawEdgeBehaviour {
    IndependentV1BehaviourTest() {
        super(ServerUnderTest.independent(ApiVersion.V1));
    }
}
