/**
 * Simulated players that speak on schedule and check what they hear: every message carries its
 * sender, sequence number and scheduled time, so that loss, duplicates, order and latency are
 * counted per pair of players.
 */
@NullMarked
package dev.skein.cli.bot;

import org.jspecify.annotations.NullMarked;
