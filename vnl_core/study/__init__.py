"""Studies: conditions times episodes, recorded once and analysed as often as one likes."""
