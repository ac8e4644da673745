print("lavadeck")
