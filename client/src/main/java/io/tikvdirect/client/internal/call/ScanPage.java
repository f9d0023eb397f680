package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.KvPair;
import java.util.List;

/**
 * Immutable. A page of a scan.
 *
 * @param pairs what it holds, in the order of the scan
 * @param next where the following page begins
 */
public record ScanPage(List<KvPair> pairs, ScanCursor next) {}
