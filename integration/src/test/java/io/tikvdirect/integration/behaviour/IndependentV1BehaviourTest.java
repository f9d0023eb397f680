package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

@OnIndependentCluster
class IndependentV1BehaviourTest extends RawBehaviour {
    IndependentV1BehaviourTest() {
        super(ServerUnderTest.independent(ApiVersion.V1));
    }
}
