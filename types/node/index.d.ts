// Stands in for @types/node while the pure layers are compiled: the declarations of SDKs refer to it, and without this they
// would bring Node's globals into sight of code that must run without Node.
export {};
