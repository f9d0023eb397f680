package io.tikvdirect.cli.doctor;

import io.tikvdirect.client.TikvException;

/** Thread-safe (only static functions). How to mend what a failure tells. */
final class Advice {
    private Advice() {}

    static String mending(TikvException e) {
        return switch (e.code()) {
            case PD_UNAVAILABLE ->
                "Check that the addresses are those of PD (usually port 2379, not a TiKV store's 20160), that PD has a"
                        + " leader, and whether the cluster wants TLS (--ca, --cert, --key).";
            case CIRCUIT_OPEN -> "Find out why look-ups at PD fail; the client asks again by itself.";
            case TLS_FAILURE ->
                "Check that the cluster uses TLS at all, that --ca is the certificate authority of its certificates and"
                        + " that these name the host of the address.";
            case CLUSTER_MISMATCH -> "The addresses belong to different clusters; list the PDs of one cluster only.";
            case KEYSPACE_NOT_FOUND -> "Create the keyspace in PD or correct --keyspace.";
            case API_VERSION_MISMATCH ->
                "Give --api as TiKV's storage.api-version and storage.enable-ttl say: v1, v1ttl or v2.";
            case REGION_UNAVAILABLE, BACKOFF_EXHAUSTED ->
                "Check that the store's process runs and that its advertise-addr can be reached from this machine.";
            case REQUEST_TIMEOUT -> "Check the load of the store and the network, or give a longer --timeout.";
            case PROTOCOL_ERROR ->
                "Something else than PD or TiKV, or one that wants TLS, listens there; check address and TLS.";
            case CONFIGURATION -> "Correct the option that the message names.";
            default -> "The message is the server's own; its log says more.";
        };
    }
}
