package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

@OnIndependentCluster
class IndependentV1TransactionsTest extends TransactionBehaviour {
    IndependentV1TransactionsTest() {
        super(ServerUnderTest.independent(ApiVersion.V1));
    }
}
