package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

@OnIndependentCluster
class IndependentV2BehaviourTest extends RawEdgeBehaviour {
    IndependentV2BehaviourTest() {
        super(ServerUnderTest.independent(ApiVersion.V2));
    }
}
