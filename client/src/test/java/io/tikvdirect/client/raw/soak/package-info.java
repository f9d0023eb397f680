/** A long mixed load under faults, judged by a model of the data and by the clock. */
package io.tikvdirect.client.raw.soak;
