package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

class EmbeddedV2BehaviourTest extends RawEdgeBehaviour {
    EmbeddedV2BehaviourTest() {
        super(ServerUnderTest.embedded(ApiVersion.V2));
    }
}
