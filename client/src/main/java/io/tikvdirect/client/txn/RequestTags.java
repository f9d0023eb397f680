package io.tikvdirect.client.txn;

import java.util.Arrays;
import java.util.Objects;

/**
 * Immutable. What the requests of a transaction tell stores beside their work (TXN-17). Made by changing {@link #NONE} step
 * by step.
 *
 * @param resourceGroup name of the resource group that pays; empty: the default one
 * @param resourceGroupTag opaque label under which stores account for requests; at most 1,024 bytes, empty: none
 * @param source where writes come from, handed on to change data capture; 0: nothing said
 * @param diskFull whether writes are taken when disks fill up
 * @param syncLog asks stores to write their log through to disk; those of today always do
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look inside
public record RequestTags(
        String resourceGroup, byte[] resourceGroupTag, long source, DiskFullPolicy diskFull, boolean syncLog) {

    /** Says nothing. */
    public static final RequestTags NONE = new RequestTags("", new byte[0], 0, DiskFullPolicy.REFUSE, false);

    private static final int LONGEST_TAG = 1_024;

    /** Takes a copy of the tag. */
    public RequestTags {
        Objects.requireNonNull(resourceGroup, "resourceGroup");
        Objects.requireNonNull(diskFull, "diskFull");
        if (resourceGroupTag.length > LONGEST_TAG) {
            throw new IllegalArgumentException("a tag has at most " + LONGEST_TAG + " bytes");
        }
        resourceGroupTag = resourceGroupTag.clone();
    }

    @Override
    public byte[] resourceGroupTag() {
        return resourceGroupTag.clone();
    }

    /**
     * The same for another resource group.
     *
     * @param name of the group; empty: the default one
     * @return new tags
     */
    public RequestTags withResourceGroup(String name) {
        return new RequestTags(name, resourceGroupTag, source, diskFull, syncLog);
    }

    /**
     * The same with another label.
     *
     * @param tag opaque; copied
     * @return new tags
     */
    public RequestTags withResourceGroupTag(byte[] tag) {
        return new RequestTags(resourceGroup, tag, source, diskFull, syncLog);
    }

    /**
     * The same from another source.
     *
     * @param origin a number that whoever captures changes understands
     * @return new tags
     */
    public RequestTags withSource(long origin) {
        return new RequestTags(resourceGroup, resourceGroupTag, origin, diskFull, syncLog);
    }

    /**
     * The same with another policy for full disks.
     *
     * @param policy never null
     * @return new tags
     */
    public RequestTags withDiskFull(DiskFullPolicy policy) {
        return new RequestTags(resourceGroup, resourceGroupTag, source, policy, syncLog);
    }

    /**
     * The same with or without asking for logs on disk.
     *
     * @param on whether to ask
     * @return new tags
     */
    public RequestTags withSyncLog(boolean on) {
        return new RequestTags(resourceGroup, resourceGroupTag, source, diskFull, on);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestTags tags
                && resourceGroup.equals(tags.resourceGroup)
                && Arrays.equals(resourceGroupTag, tags.resourceGroupTag)
                && source == tags.source
                && diskFull == tags.diskFull
                && syncLog == tags.syncLog;
    }

    @Override
    public int hashCode() {
        return Objects.hash(resourceGroup, Arrays.hashCode(resourceGroupTag), source, diskFull, syncLog);
    }
}
