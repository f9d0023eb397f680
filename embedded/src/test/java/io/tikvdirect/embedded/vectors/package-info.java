/**
 * Replays exchanges recorded from a real TiKV and PD against the embedded cluster and compares the answers. The rules
 * are in {@code vectors/README.md} of the test resources.
 */
package io.tikvdirect.embedded.vectors;
