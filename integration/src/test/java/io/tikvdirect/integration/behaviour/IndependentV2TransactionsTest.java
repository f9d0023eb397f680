package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;

@OnIndependentCluster
class IndependentV2TransactionsTest extends TransactionBehaviour {
    IndependentV2TransactionsTest() {
        super(ServerUnderTest.independent(ApiVersion.V2));
    }
}
