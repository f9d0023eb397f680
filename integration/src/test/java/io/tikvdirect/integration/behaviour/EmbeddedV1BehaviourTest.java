package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

class EmbeddedV1BehaviourTest extends RawEdgeBehaviour {
    EmbeddedV1BehaviourTest() {
        super(ServerUnderTest.embedded(ApiVersion.V1));
    }
}
