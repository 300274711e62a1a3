"""The bytes of a list, in any format and encoding -> a table of texts."""
