"""Pictures, sheets and QR codes: slow work, done after the commit from a description."""
