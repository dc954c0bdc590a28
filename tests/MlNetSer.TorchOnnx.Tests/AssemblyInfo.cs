// Random numbers and the number of threads are settings of the whole process in libtorch.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
