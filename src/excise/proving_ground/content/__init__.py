"""What the composed accounts say: own words made by grammars, or real words from a folder."""
