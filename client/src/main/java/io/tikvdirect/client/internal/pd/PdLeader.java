package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.internal.net.HostAndPort;

/**
 * Immutable. The member that answers everything.
 *
 * @param address where to dial it
 * @param clusterId the cluster it leads
 */
record PdLeader(HostAndPort address, long clusterId) {}
