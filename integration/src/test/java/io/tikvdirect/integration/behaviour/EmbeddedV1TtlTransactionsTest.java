package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

/** Serves no transactions: the report has to say so. */
class EmbeddedV1TtlTransactionsTest extends TransactionBehaviour {
    EmbeddedV1TtlTransactionsTest() {
        super(ServerUnderTest.embedded(ApiVersion.V1TTL));
    }
}
