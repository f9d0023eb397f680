package io.tikvdirect.integration.behaviour;

import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On a cluster of the user's, where it does not hold raw keys beside: {@code PD_KEYS=txn}, or API V2. */
@EnabledIfSystemProperty(
        named = "tikvdirect.integration",
        matches = "true",
        disabledReason = "runs with -Pintegration only")
@EnabledIfEnvironmentVariable(named = "PD_ADDRS", matches = ".+", disabledReason = "PD_ADDRS names no cluster")
@EnabledIf(
        value = "keysAreForTransactions",
        disabledReason = "a cluster of API V1 is for raw keys or for transactions: PD_KEYS=txn runs these")
class ExternalClusterTransactionsTest extends TransactionBehaviour {
    static boolean keysAreForTransactions() {
        return "txn".equals(System.getenv("PD_KEYS")) || "v2".equalsIgnoreCase(System.getenv("PD_API"));
    }

    ExternalClusterTransactionsTest() {
        super(ServerUnderTest.external());
    }
}
