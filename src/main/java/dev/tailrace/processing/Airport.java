package dev.tailrace.processing;

/**
 * Where flights depart and land: what all flights of a consumer share.
 *
 * @param crew who flies them
 * @param landings where they end
 */
public record Airport(Crew crew, Landings landings) {}
