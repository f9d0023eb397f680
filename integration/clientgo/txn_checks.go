package main

var txnChecks = []check{}
