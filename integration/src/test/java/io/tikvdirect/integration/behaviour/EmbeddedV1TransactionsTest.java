package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

class EmbeddedV1TransactionsTest extends TransactionBehaviour {
    EmbeddedV1TransactionsTest() {
        super(ServerUnderTest.embedded(ApiVersion.V1));
    }
}
