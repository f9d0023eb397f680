package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

/** Serves no transactions: the report has to say so. */
@OnIndependentCluster
class IndependentV1TtlTransactionsTest extends TransactionBehaviour {
    IndependentV1TtlTransactionsTest() {
        super(ServerUnderTest.independent(ApiVersion.V1TTL));
    }
}
