package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

class EmbeddedV1TtlBehaviourTest extends RawEdgeBehaviour {
    EmbeddedV1TtlBehaviourTest() {
        super(ServerUnderTest.embedded(ApiVersion.V1TTL));
    }
}
