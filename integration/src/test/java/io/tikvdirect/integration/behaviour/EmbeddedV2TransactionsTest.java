package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

class EmbeddedV2TransactionsTest extends TransactionBehaviour {
    EmbeddedV2TransactionsTest() {
        super(ServerUnderTest.embedded(ApiVersion.V2));
    }
}
